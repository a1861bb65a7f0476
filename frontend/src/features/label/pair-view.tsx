import { type ReactNode, Suspense, useRef } from 'react';
import { lazyPart } from '../../lib/lazy-part';
import { CompletionFrame } from './completion-frame';
import { completionName } from './completion-names';
import { type CompletionDetails, completionDetails, withCompletion } from './details';
import type { Answer, Draft, LabelState, Pair, QuestionForm } from './label-state';
import classes from './pair-view.module.css';
import { PromptView } from './prompt-view';
import type { DeskView } from './use-desk-view';
import { useScrollTogether } from './use-scroll-together';

const CompletionExtras = lazyPart(() => import('./completion-extras'));
const HighlightText = lazyPart(() => import('./highlight-text'));
const EditCompletion = lazyPart(() => import('./edit-completion'));

/** What stands in place of the texts: all of them to mark passages in, or one to correct. */
export type Tool = { name: 'highlight' } | { name: 'edit'; index: number };

interface PairViewProps {
  ready: readonly Pair[];
  last: LabelState['last'];
  view: DeskView;
  form: QuestionForm;
  draft: Draft;
  onDraft: (draft: Draft) => void;
  tool: Tool | null;
  onTool: (tool: Tool | null, part?: string) => void;
  /** Beside each name, while completions are ranked. */
  headerOf?: (index: number) => ReactNode;
  covered: boolean;
  onUncover: () => void;
  /** A pair that only stands there to be looked at. */
  settled?: boolean;
  /** Below the completions. */
  children?: ReactNode;
}

/** Pairs that are in the page: the one on the screen, and the next one hidden, so that it only has to be painted. */
const RENDERED = 2;

/** The prompt above its completions, which look alike in everything but their text. */
export function PairView(props: PairViewProps) {
  const { ready, last, view, form, draft, onDraft, tool, headerOf, covered, settled = false } = props;
  const root = useRef<HTMLDivElement>(null);
  const rendered = ready.slice(0, RENDERED);
  const count = ready[0]?.completions.length ?? 2;
  useScrollTogether(root, view.together, ready[0]?.id ?? 0);
  const shown = Math.min(view.shown, count - 1);
  const asksMore = form.reasons.length + form.flags.length + form.rating > 0 || form.highlights || form.edit;
  return (
    <div className={classes.pair}>
      <PromptView pairs={rendered} markdown={view.markdown} />
      {view.layout === 'single' && <OneOf count={count} shown={shown} onShow={view.show} />}
      <div
        ref={root}
        className={classes.completions}
        data-layout={view.layout}
        data-many={count > 2 ? count : undefined}
      >
        {Array.from({ length: count }, (_, index) => {
          const details = completionDetails(draft.details, index);
          const change = (changed: Partial<CompletionDetails>) =>
            onDraft({ ...draft, details: withCompletion(draft.details, index, changed) });
          return view.layout === 'single' && index !== shown ? null : (
            <CompletionFrame
              // biome-ignore lint/suspicious/noArrayIndexKey: the place on the screen is what stays
              key={index}
              index={index}
              // A pair with another number of completions is not prepared behind this one.
              pairs={rendered.filter((pair) => pair.completions.length === count)}
              view={view}
              flash={flashOf(last, index)}
              spans={details.spans}
              covered={covered}
              header={headerOf?.(index)}
              tool={toolFor(props, tool, index, details, change)}
              footer={
                asksMore && !covered && !settled ? (
                  <Suspense>
                    <CompletionExtras
                      name={completionName(index, count)}
                      index={index}
                      form={form}
                      details={details}
                      onChange={change}
                      onHighlight={() => props.onTool({ name: 'highlight' }, `highlight-${index}`)}
                      onEdit={() => props.onTool({ name: 'edit', index }, `edit-${index}`)}
                    />
                  </Suspense>
                ) : null
              }
            />
          );
        })}
        {covered && (
          <button type="button" className={classes.cover} onClick={props.onUncover} data-part="uncover">
            <strong>Covered: this project holds texts that can distress</strong>
            <span>Press Space or click to uncover this comparison</span>
          </button>
        )}
      </div>
      {props.children}
    </div>
  );
}

function toolFor(
  { ready, onTool }: PairViewProps,
  tool: Tool | null,
  index: number,
  { spans, edit }: CompletionDetails,
  change: (changed: Partial<CompletionDetails>) => void,
): ReactNode {
  const pair = ready[0];
  if (!tool || !pair) return null;
  const text = pair.completions[index] ?? '';
  const shared = { name: completionName(index, pair.completions.length), text, onLeave: () => onTool(null) };
  if (tool.name === 'highlight') {
    return (
      <HighlightText
        key={pair.id}
        {...shared}
        spans={spans}
        part={`highlight-${index}`}
        onChange={(renewed) => change({ spans: renewed })}
      />
    );
  }
  if (tool.index !== index) return null;
  return (
    <EditCompletion
      key={pair.id}
      {...shared}
      edit={edit}
      part={`edit-${index}`}
      onChange={(renewed) => change({ edit: renewed })}
    />
  );
}

/** Which completion is on the screen, one at a time. */
function OneOf({ count, shown, onShow }: { count: number; shown: number; onShow: (index: number) => void }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset does not lay its content out as a flex container
    <div className={classes.oneOf} role="group" aria-label="Completion on the screen">
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the place is the identity
        <button key={index} type="button" aria-pressed={index === shown} onClick={() => onShow(index)}>
          {count > 2 ? index + 1 : completionName(index, count)}
        </button>
      ))}
    </div>
  );
}

/** A number that changes when this completion was chosen, null when it was not. */
function flashOf(last: LabelState['last'], index: number): number | null {
  return last && last.answer !== 'undo' && isChosen(last.answer, index) ? last.count : null;
}

function isChosen(answer: Answer, index: number): boolean {
  if (answer.kind === 'prefer') return index === (answer.side === 'left' ? 0 : 1);
  if (answer.kind === 'rank') return answer.ranking[index] === 1;
  return answer.kind === 'tie' || answer.kind === 'both_good';
}
