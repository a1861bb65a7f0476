import { useParams } from '@tanstack/react-router';

/** A numeric part of the address, for example `id` in `/projects/$id`; NaN where the address holds no number. */
export function useNumberParam(name: 'id' | 'roundId' | 'modelId'): number {
  const params: Record<string, string | undefined> = useParams({ strict: false });
  const text = params[name] ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
}
