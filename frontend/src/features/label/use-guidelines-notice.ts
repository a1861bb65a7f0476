import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { projectQuery } from '../../api/project-queries';
import { readItem, writeItem } from '../../lib/stored-item';
import type { LabelEngine } from './label-engine';

/** Asks a labeler to read guidelines that they have not opened in this version; `opened` while they read them. */
export function useGuidelinesNotice(projectId: number, engine: LabelEngine, current: number | null, opened: boolean) {
  const project = useQuery(projectQuery(projectId));
  const loaded = project.data?.guidelines.number;
  const hasText = Boolean(project.data?.guidelines.text.trim());
  const { refetch } = project;

  useEffect(() => {
    if (current !== null && loaded !== undefined && loaded < current) void refetch();
  }, [current, loaded, refetch]);

  useEffect(() => {
    if (loaded === undefined || !hasText) return;
    const key = `prefloop-guidelines-read-${projectId}`;
    const id = `guidelines-${loaded}`;
    const read = readItem(key);
    if (opened) {
      writeItem(key, String(loaded));
      engine.readNotice(id);
    } else if (read === null) {
      engine.notice(id, 'Read the guidelines (G) before you start.');
    } else if (Number(read) < loaded) {
      engine.notice(id, `The guidelines have changed, they are at version ${loaded} now. G opens them.`);
    }
  }, [projectId, engine, loaded, hasText, opened]);
}
