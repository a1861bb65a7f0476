/** What the live stream of a round adds to what the page fetched: a pure reducer over its messages. */

import type { CheckpointFigures, LogLine, Preflight, Progress, Round } from '../../lib/api-types';
import type { StreamMessage } from '../../lib/event-stream';
import { mergeSeries, type Point, type SeriesByName } from '../../lib/series';

export interface LiveRun {
  progress: Progress | null;
  series: SeriesByName;
  log: LogLine[];
  /** What the monitor saw, by step. */
  looks: CheckpointFigures[];
  preflight: Preflight | null;
  /** Steps of the present phase with their Unix seconds, the latest few: what seconds per step are counted from. */
  recent: { step: number; at: number }[];
  secondsPerStep: number | null;
}

export interface LiveRound {
  round: Round | null;
  runs: Record<number, LiveRun>;
  lastId: number;
}

export interface RunMessage {
  run_id: number;
  type: 'progress' | 'metrics' | 'checkpoint' | 'preflight' | 'log' | 'status';
  data: {
    at?: number;
    phase?: string;
    step?: number;
    of?: number;
    eta_seconds?: number | null;
    values?: Record<string, number>;
    level?: LogLine['level'];
    message?: string;
    figures?: CheckpointFigures;
    preflight?: Preflight;
  };
}

export const EMPTY_RUN: LiveRun = {
  progress: null,
  series: {},
  log: [],
  looks: [],
  preflight: null,
  recent: [],
  secondsPerStep: null,
};
export const EMPTY_ROUND: LiveRound = { round: null, runs: {}, lastId: 0 };

const LOG_LIMIT = 1000;
const RECENT = 8;

/** Applies one message; a message seen before (a resumed stream repeats) changes nothing. */
export function applyMessage(state: LiveRound, message: StreamMessage): LiveRound {
  if (message.event === 'round') return { ...state, round: message.data as Round };
  if (message.event !== 'run') return state;
  if (message.id !== null && message.id <= state.lastId) return state;
  const event = message.data as RunMessage;
  const run = applyRunMessage(state.runs[event.run_id] ?? EMPTY_RUN, event, message.id ?? 0);
  return { ...state, runs: { ...state.runs, [event.run_id]: run }, lastId: message.id ?? state.lastId };
}

function applyRunMessage(run: LiveRun, { type, data }: RunMessage, id: number): LiveRun {
  if (type === 'progress') return withProgress(run, data);
  if (type === 'metrics') return { ...run, series: mergeSeries(run.series, pointsOf(data)) };
  if (type === 'log') return { ...run, log: [...run.log, logLine(id, data)].slice(-LOG_LIMIT) };
  if (type === 'checkpoint' && data.figures) return { ...run, looks: mergeLooks(run.looks, [data.figures]) };
  if (type === 'preflight' && data.preflight) return { ...run, preflight: data.preflight };
  return run;
}

/** Looks of both lists by step; of a step that is in both, the later list's. */
export function mergeLooks(
  looks: readonly CheckpointFigures[],
  added: readonly CheckpointFigures[],
): CheckpointFigures[] {
  const byStep = new Map([...looks, ...added].map((figures) => [figures.step, figures]));
  return [...byStep.values()].sort((left, right) => left.step - right.step);
}

function withProgress(run: LiveRun, data: RunMessage['data']): LiveRun {
  const progress: Progress = {
    phase: data.phase ?? '',
    step: data.step ?? 0,
    of: data.of ?? 0,
    eta_seconds: data.eta_seconds ?? null,
  };
  const isNewPhase = run.progress?.phase !== progress.phase || progress.step < run.progress.step;
  const recent = [...(isNewPhase ? [] : run.recent), { step: progress.step, at: data.at ?? 0 }].slice(-RECENT);
  return { ...run, progress, recent, secondsPerStep: paceOf(recent) };
}

/** Seconds per step over the points given, or null before there are two. */
function paceOf(points: LiveRun['recent']): number | null {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last || last.step <= first.step || last.at <= first.at) return null;
  return (last.at - first.at) / (last.step - first.step);
}

function pointsOf({ step = 0, values = {} }: RunMessage['data']): SeriesByName {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [[step, value]] as Point[]]));
}

function logLine(id: number, data: RunMessage['data']): LogLine {
  return {
    id,
    at: data.at ? new Date(data.at * 1000).toISOString() : '',
    level: data.level ?? 'info',
    message: data.message ?? '',
  };
}

/** Lines of both lists by id, each once. */
export function mergeLog(fetched: readonly LogLine[], live: readonly LogLine[]): LogLine[] {
  const byId = new Map(fetched.map((line) => [line.id, line]));
  for (const line of live) byId.set(line.id, line);
  return [...byId.values()].sort((a, b) => a.id - b.id);
}
