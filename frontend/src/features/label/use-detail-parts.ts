import { type RefObject, useState } from 'react';
import type { Details } from './details';
import { focusedIndex, focusPart } from './focus-part';
import type { CommandId } from './key-commands';
import type { Pair, QuestionForm } from './label-state';
import { missingParts } from './missing-parts';
import type { Tool } from './pair-view';
import type { DeskView } from './use-desk-view';

interface DetailPartsOptions {
  form: QuestionForm;
  pair: Pair | undefined;
  details: Details;
  desk: RefObject<HTMLElement | null>;
  view: DeskView;
}

export interface DetailParts {
  tool: Tool | null;
  /** `part`: what gets the focus then. */
  openTool: (tool: Tool | null, part?: string) => void;
  withRationale: boolean;
  /** False when the command is none of these. */
  obey: (id: CommandId) => boolean;
  /** An aspect was answered by key: leads on to what is missing, or back to the verdict. */
  leadOn: (details: Details) => void;
}

/** Leads the keyboard through the details; what is open belongs to one pair. */
export function useDetailParts({ form, pair, details, desk, view }: DetailPartsOptions): DetailParts {
  const [opened, setOpened] = useState<{ pairId: number; tool: Tool | null; rationale: boolean } | null>(null);
  const current = opened && opened.pairId === pair?.id ? opened : { tool: null, rationale: false };
  const count = pair?.completions.length ?? 2;

  const open = (change: Partial<typeof current>) => pair && setOpened({ ...current, ...change, pairId: pair.id });
  const focus = (part: string) => focusPart(desk.current, part);
  const toDesk = () => desk.current?.focus({ preventScroll: true });
  const openTool = (tool: Tool | null, part?: string) => {
    open({ tool });
    if (part) focus(part);
    else toDesk();
  };
  /** The part of the first completion, then of the next one, then none. */
  const cycle = (kind: string): number | null => {
    const at = focusedIndex(kind);
    const next = at === null ? (view.layout === 'single' ? Math.min(view.shown, count - 1) : 0) : at + 1;
    if (next >= count) return null;
    if (view.layout === 'single') view.show(next);
    return next;
  };
  const toNext = (kind: string) => {
    const index = cycle(kind);
    if (index === null) toDesk();
    else focus(`${kind}-${index}`);
  };

  const obey = (id: CommandId): boolean => {
    switch (id) {
      case 'aspects': {
        const open = form.aspects.find(({ key }) => !details.aspects[key]) ?? form.aspects[0];
        if (open) focus(`aspect-${open.key}`);
        return true;
      }
      case 'rationale':
        open({ rationale: true });
        focus('rationale');
        return true;
      case 'reasons':
      case 'flags':
      case 'rating':
        toNext(id);
        return true;
      case 'highlight': {
        const index = cycle('highlight');
        openTool(index === null ? null : { name: 'highlight' }, index === null ? undefined : `highlight-${index}`);
        return true;
      }
      case 'edit': {
        const at = current.tool?.name === 'edit' ? current.tool.index + 1 : 0;
        openTool(at < count ? { name: 'edit', index: at } : null, at < count ? `edit-${at}` : undefined);
        return true;
      }
      default:
        return false;
    }
  };
  return {
    tool: current.tool,
    openTool,
    withRationale: form.rationale === 'required' || current.rationale || details.rationale !== '',
    obey,
    leadOn: (changed) => {
      // Any verdict will do: it is the other parts that are looked for.
      const [next] = missingParts(form, { kind: 'tie' }, changed);
      if (next) focus(next.part);
      else toDesk();
    },
  };
}
