import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { BookIcon, ColumnsIcon, DiffIcon, KeyboardIcon, RowsIcon, TextIcon } from '../../components/icons';
import type { Attention } from './attention';
import classes from './desk-toolbar.module.css';
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
  onOverlay: (name: Overlay) => void;
}

/** Own progress at the left, ways of looking at the pair at the right. */
export function DeskToolbar({ state, projectId, attention, view, onOverlay }: DeskToolbarProps) {
  const me = useQuery(meQuery(projectId));
  const unsent = unsentVerdicts(state);
  const left = state.remaining === null ? null : state.remaining + state.ready.length;
  return (
    <div className={classes.toolbar}>
      <h1 className={classes.title}>Label</h1>
      <dl className={classes.progress}>
        <Figure name="Today" value={me.data ? me.data.done_today + unsent : null} />
        <Figure name="In total" value={me.data ? me.data.done_total + unsent : null} />
        <Figure name="To do" value={left} />
        <div className={classes.figure}>
          <dt>Session</dt>
          <dd>
            <SessionClock activeMs={attention.activeMs} />
          </dd>
        </div>
      </dl>
      <div className={classes.tools}>
        <Tool name="Guidelines" letter="G" icon={<BookIcon />} onClick={() => onOverlay('guidelines')} />
        <Tool
          name="Difference"
          letter="D"
          icon={<DiffIcon />}
          pressed={view.difference}
          onClick={view.toggleDifference}
        />
        <Tool
          name={view.markdown ? 'Markdown' : 'Raw text'}
          letter="M"
          icon={<TextIcon />}
          pressed={view.markdown}
          onClick={view.toggleMarkdown}
        />
        <Tool
          name={view.layout === 'columns' ? 'Side by side' : 'Stacked'}
          letter="L"
          icon={view.layout === 'columns' ? <ColumnsIcon /> : <RowsIcon />}
          wideOnly
          onClick={view.toggleLayout}
        />
        <Tool name="Keys" letter="?" icon={<KeyboardIcon />} onClick={() => onOverlay('keys')} />
      </div>
    </div>
  );
}

function Figure({ name, value }: { name: string; value: number | null }) {
  return (
    <div className={classes.figure}>
      <dt>{name}</dt>
      <dd>{value === null ? '–' : value.toLocaleString('en')}</dd>
    </div>
  );
}

interface ToolProps {
  name: string;
  letter: string;
  icon: ReactNode;
  onClick: () => void;
  pressed?: boolean;
  wideOnly?: boolean;
}

function Tool({ name, letter, icon, onClick, pressed, wideOnly }: ToolProps) {
  return (
    <button
      type="button"
      className={classes.tool}
      data-wide-only={wideOnly}
      aria-pressed={pressed}
      aria-keyshortcuts={letter}
      title={`${name} (${letter})`}
      onClick={onClick}
    >
      {icon}
      <span className={classes.toolName}>{name}</span>
      <kbd aria-hidden>{letter}</kbd>
    </button>
  );
}
