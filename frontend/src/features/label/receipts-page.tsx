import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ButtonLink } from '../../components/button-link';
import { EmptyState } from '../../components/empty-state';
import { LoopIcon } from '../../components/icons';
import { Page } from '../../components/page';
import { PageHeader } from '../../components/page-header';
import { PageSection } from '../../components/page-section';
import { QueryView } from '../../components/query-view';
import { RelativeTime } from '../../components/relative-time';
import { useNumberParam } from '../../lib/route-params';
import { AppealNote } from './appeal-note';
import { ReceiptList } from './receipt-list';
import classes from './receipts-page.module.css';
import { type Receipts, receiptsQuery } from './receipts-query';

/** What the newest reward model made of one's own labels. */
export default function ReceiptsPage() {
  const projectId = useNumberParam('id');
  const receipts = useQuery(receiptsQuery(projectId));
  return (
    <Page title="Receipts">
      <PageHeader
        title="Receipts"
        description="After each round: which of your labels moved the reward model, and where it sees things differently."
      />
      <QueryView query={receipts} what="receipts">
        {(data) => (data.round && data.reward_model_number ? <Ready data={data} /> : <Empty projectId={projectId} />)}
      </QueryView>
      <AppealNote projectId={projectId} />
    </Page>
  );
}

function Empty({ projectId }: { projectId: number }) {
  return (
    <EmptyState
      title="No receipts yet"
      icon={<LoopIcon />}
      actions={
        <ButtonLink to="/projects/$id/label" params={{ id: String(projectId) }}>
          Label some pairs
        </ButtonLink>
      }
    >
      When a round has trained a reward model on your labels, you see here what each of them did.
    </EmptyState>
  );
}

function Ready({ data }: { data: Receipts }) {
  if (data.labels === 0) {
    return (
      <EmptyState title={`Round ${data.round?.number} did not use labels of yours`} icon={<LoopIcon />}>
        What you judge from now on is part of the next one.
      </EmptyState>
    );
  }
  return (
    <>
      <dl className={classes.figures}>
        <Figure name="Your labels in it" value={data.labels.toLocaleString('en')}>
          Round {data.round?.number}
          {data.round?.finished_at && (
            <>
              , <RelativeTime at={data.round.finished_at} />
            </>
          )}
          ; reward model {data.reward_model_number}
        </Figure>
        <Figure
          name="It agrees with you on"
          value={data.agree_share === null ? '–' : `${Math.round(100 * data.agree_share)} %`}
          share={data.agree_share}
        >
          of the pairs that you decided, before it had learned them where that could be measured
        </Figure>
        <Figure name="Changed its mind" value={data.flips.toLocaleString('en')}>
          {data.flips === 1 ? 'pair of yours has' : 'pairs of yours have'} another predicted winner than before
        </Figure>
      </dl>
      <Part title="Your labels that moved it most" rows={data.moved} empty="None of your labels moved it measurably.">
        How sure the model is of your verdict, before this round and after it.
      </Part>
      <Part
        title="Pairs on which it changed its mind"
        rows={data.flipped}
        empty="It kept its winner on all your pairs."
      >
        Its predicted winner is another one than before the round.
      </Part>
      <Part
        title="Where it contradicts you"
        rows={data.contradicted}
        empty="It gives each of your verdicts a fair chance."
      >
        It gives your verdict next to no chance. That can be a slip of yours, a matter of taste, or a mistake of the
        model; in the history you can look at the pair again and revise it.
      </Part>
    </>
  );
}

interface FigureProps {
  name: string;
  value: string;
  share?: number | null;
  children: ReactNode;
}

function Figure({ name, value, share, children }: FigureProps) {
  return (
    <div className={classes.figure}>
      <dt>{name}</dt>
      <dd>
        <span className={classes.value}>{value}</span>
        {share !== undefined && share !== null && (
          <span className={classes.track} aria-hidden>
            <span className={classes.fill} style={{ width: `${100 * share}%` }} />
          </span>
        )}
        <span className={classes.note}>{children}</span>
      </dd>
    </div>
  );
}

interface PartProps {
  title: string;
  rows: Receipts['moved'];
  /** Said in place of an empty list. */
  empty: string;
  children: ReactNode;
}

function Part({ title, rows, empty, children }: PartProps) {
  return (
    <PageSection title={title} description={children}>
      {rows.length > 0 ? <ReceiptList rows={rows} /> : <p className={classes.note}>{empty}</p>}
    </PageSection>
  );
}
