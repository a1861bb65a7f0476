import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api } from '../../api/client';
import { projectQuery } from '../../api/project-queries';
import { readItem, writeItem } from '../../lib/stored-item';
import type { LabelEngine } from './label-engine';
import { meQuery } from './me-query';

/** Leads to the guidelines before the first pair, and says once for each new version what changed. */
export function useGuidelinesNotice(projectId: number, engine: LabelEngine, current: number | null, opened: boolean) {
  const project = useQuery(projectQuery(projectId));
  const changed = useQuery(meQuery(projectId)).data?.guidelines_changed ?? null;
  const queryClient = useQueryClient();
  const loaded = project.data?.guidelines.number;
  const hasText = Boolean(project.data?.guidelines.text.trim());
  const { refetch } = project;

  useEffect(() => {
    if (current !== null && loaded !== undefined && loaded < current) void refetch();
  }, [current, loaded, refetch]);

  useEffect(() => {
    if (!changed) return;
    const { number, changes } = changed;
    const what = changes.trim() ? `: ${changes.trim()}` : '.';
    engine.notice(`guidelines-${number}`, `The guidelines changed, version ${number}${what} G opens them.`);
    // Told once: the site forgets it, and so do we, whether or not it could be told.
    queryClient.setQueryData(meQuery(projectId).queryKey, (me) => me && { ...me, guidelines_changed: null });
    void markSeen(projectId, number);
  }, [projectId, engine, changed, queryClient]);

  useEffect(() => {
    if (loaded === undefined || !hasText) return;
    const key = `prefloop-guidelines-read-${projectId}`;
    const read = readItem(key) !== null;
    if (opened) {
      writeItem(key, String(loaded));
      engine.readNotice('guidelines-first');
      engine.readNotice(`guidelines-${loaded}`);
      if (!read) void markSeen(projectId, loaded);
    } else if (!read) engine.notice('guidelines-first', 'Read the guidelines (G) before you start.');
  }, [projectId, engine, loaded, hasText, opened]);
}

async function markSeen(projectId: number, number: number): Promise<void> {
  const params = { path: { project_id: projectId } };
  // What fails is told again at the next visit.
  await api.POST('/api/projects/{project_id}/guidelines/seen/', { params, body: { number } }).catch(() => undefined);
}
