import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { BookIcon, ColumnsIcon, DiffIcon, KeyboardIcon, OneIcon, RowsIcon, TextIcon } from '../../components/icons';
import type { Attention } from './attention';
import classes from './desk-toolbar.module.css';
import type { CommandId } from './key-commands';
import type { KeyMap } from './key-map';
import { strokeText } from './key-stroke';
import { unsentVerdicts } from './label-selectors';
import type { LabelState } from './label-state';
import { meQuery } from './me-query';
import { SessionClock } from './session-clock';
import type { DeskView } from './use-desk-view';
import type { Overlay } from './use-key-commands';

interface DeskToolbarProps {
  state: LabelState;
  projectId: number;
  attention: Attention;
  view: DeskView;
  keys: KeyMap;
  onOverlay: (name: Overlay) => void;
}

/** Own progress at the left, ways of looking at the pair at the right. */
export function DeskToolbar({ state, projectId, attention, view, keys, onOverlay }: DeskToolbarProps) {
  const me = useQuery(meQuery(projectId)).data;
  const unsent = unsentVerdicts(state);
  const left = state.remaining === null ? null : state.remaining + state.ready.length;
  const letter = (id: CommandId) => strokeText(keys.get(id)?.[0]);
  return (
    <div className={classes.toolbar}>
      <h1 className={classes.title}>Label</h1>
      <dl className={classes.progress}>
        <Figure name="Today" value={me ? me.done_today + unsent : null} of={me?.daily?.cap} />
        <Figure name="Project" value={me ? me.project_done + unsent : null} of={me?.project_goal} minor />
        <Figure name="To do" value={left} />
        <div className={classes.figure}>
          <dt>Session</dt>
          <dd>
            <span className={classes.given}>{state.given.toLocaleString('en')} in </span>
            <SessionClock activeMs={attention.activeMs} />
          </dd>
        </div>
      </dl>
      <div className={classes.tools}>
        <Tool
          name="Guidelines"
          letter={letter('guidelines')}
          icon={<BookIcon />}
          onClick={() => onOverlay('guidelines')}
        />
        {keys.has('difference') && (
          <Tool
            name="Difference"
            letter={letter('difference')}
            icon={<DiffIcon />}
            pressed={view.difference}
            onClick={view.toggleDifference}
          />
        )}
        <Tool
          name={view.markdown ? 'Markdown' : 'Raw text'}
          letter={letter('markdown')}
          icon={<TextIcon />}
          pressed={view.markdown}
          onClick={view.toggleMarkdown}
        />
        <Tool
          name={LAYOUT_NAMES[view.layout]}
          letter={letter('layout')}
          icon={view.layout === 'columns' ? <ColumnsIcon /> : view.layout === 'rows' ? <RowsIcon /> : <OneIcon />}
          onClick={view.toggleLayout}
        />
        <Tool name="Keys" letter={letter('keys')} icon={<KeyboardIcon />} onClick={() => onOverlay('keys')} />
      </div>
    </div>
  );
}

const LAYOUT_NAMES = { columns: 'Side by side', rows: 'Stacked', single: 'One at a time' } as const;

interface FigureProps {
  name: string;
  value: number | null;
  /** What it counts towards. */
  of?: number | null;
  /** Left out on narrow screens. */
  minor?: boolean;
}

function Figure({ name, value, of, minor }: FigureProps) {
  return (
    <div className={classes.figure} data-minor={minor}>
      <dt>{name}</dt>
      <dd>
        {value === null ? '–' : value.toLocaleString('en')}
        {value !== null && of ? <span className={classes.of}> of {of.toLocaleString('en')}</span> : null}
      </dd>
    </div>
  );
}

interface ToolProps {
  name: string;
  letter: string;
  icon: ReactNode;
  onClick: () => void;
  pressed?: boolean;
}

function Tool({ name, letter, icon, onClick, pressed }: ToolProps) {
  return (
    <button
      type="button"
      className={classes.tool}
      aria-pressed={pressed}
      aria-keyshortcuts={letter || undefined}
      title={letter ? `${name} (${letter})` : name}
      onClick={onClick}
    >
      {icon}
      <span className={classes.toolName}>{name}</span>
      {letter && <kbd aria-hidden>{letter}</kbd>}
    </button>
  );
}
