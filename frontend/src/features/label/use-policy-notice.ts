import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { readItem, writeItem } from '../../lib/stored-item';
import type { LabelEngine } from './label-engine';
import { meQuery } from './me-query';

/** Tells a labeler once when a policy newer than the one they last labeled for writes the pairs. */
export function usePolicyNotice(projectId: number, engine: LabelEngine): void {
  const me = useQuery(meQuery(projectId));
  const policy = me.data?.policy_number ?? null;
  useEffect(() => {
    if (policy === null) return;
    const key = `prefloop-policy-seen-${projectId}`;
    const seen = Number(readItem(key) ?? Number.NaN);
    if (policy > seen) {
      engine.notice(`policy-${policy}`, `New pairs were written by policy ${policy}, tuned on the labels so far.`);
    }
    if (policy !== seen) writeItem(key, String(policy));
  }, [policy, projectId, engine]);
}
