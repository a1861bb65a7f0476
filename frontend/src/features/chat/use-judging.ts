import { useState } from 'react';
import type { Project } from '../../lib/api-types';
import type { Chat } from './chat-queries';
import { chatState, lastVerdict } from './chat-state';
import { type VerdictChoice, verdictChoices } from './chat-verdicts';
import { useActiveMs } from './use-active-ms';
import type { ChatActs } from './use-chat-acts';
import { useVerdictKeys } from './use-verdict-keys';

export interface Judging {
  choices: readonly VerdictChoice[];
  choose: (choice: VerdictChoice) => void;
  /** Null when there is nothing to take back. */
  undo: (() => void) | null;
  /** Null when nothing is covered. */
  uncover: (() => void) | null;
}

/** The verdict on the answers that wait for one, by key and by button; undo; uncovering in sensitive projects. */
export function useJudging(project: Project, chat: Chat, acts: ChatActs): Judging {
  const state = chatState(chat);
  const judged = state.name === 'judging' ? state.turn : null;
  const activeMs = useActiveMs(judged?.id ?? null);
  const [uncovered, setUncovered] = useState<number | null>(null);
  const last = chat.turns.at(-1);
  const isCovered = project.settings.labeling.blur && last !== undefined && uncovered !== last.id;
  const uncover = isCovered ? () => setUncovered(last.id) : null;

  const choices = verdictChoices(project.form.form);
  const choose = ({ verdict }: VerdictChoice) => {
    if (!judged?.assignment || isCovered || acts.judge.isPending) return;
    acts.judge.mutate({ assignmentId: judged.assignment.id, verdict, activeMs: activeMs() });
  };
  const given = state.name === 'answering' ? null : lastVerdict(chat);
  const undo = given ? () => !acts.undo.isPending && acts.undo.mutate(given) : null;
  useVerdictKeys((key) => {
    const choice = judged ? choices.find(({ keys }) => keys.includes(key)) : undefined;
    if (choice) choose(choice);
    else if (key === 'Z' && undo) undo();
    else if (key === ' ' && judged && uncover) uncover();
    else return false;
    return true;
  });
  return { choices, choose, undo, uncover };
}
