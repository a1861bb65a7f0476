import classes from './loop-diagram.module.css';
import type { LoopNode } from './next-step';

/** The loop as a row of stations with live counts; the one that works now is marked. */
export function LoopDiagram({ nodes }: { nodes: readonly LoopNode[] }) {
  return (
    <ol className={classes.loop} aria-label="The loop">
      {nodes.map((node) => (
        <li
          key={node.key}
          className={classes.node}
          data-active={node.isActive || undefined}
          aria-current={node.isActive ? 'step' : undefined}
        >
          <span className={classes.label}>{node.label}</span>
          <span className={classes.value}>{node.value}</span>
          <span className={classes.detail}>{node.detail}</span>
        </li>
      ))}
    </ol>
  );
}
