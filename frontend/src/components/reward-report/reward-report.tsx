import { Accordion, Group, Stack, Text } from '@mantine/core';
import type { RewardModelReport } from '../../lib/api-types';
import { StatusText } from '../status-text';
import { MissingSections } from './missing-sections';
import { REPORT_SECTIONS, type ReportPlace } from './report-sections';
import classes from './reward-report.module.css';
import { anchorOf, useOpenSections } from './use-open-sections';

type RewardReportProps = ReportPlace & { report: RewardModelReport };

/** A reward model's report: each section a line with its headline, opened for plots and tables. */
export function RewardReport({ report, ...place }: RewardReportProps) {
  const found = REPORT_SECTIONS.map((section) => ({
    ...section,
    shown: section.content(report, place),
    ...section.headline(report),
  }));
  const shown = found.filter(({ shown: content }) => content !== null);
  const bad = shown.filter(({ tone }) => tone === 'bad').map(({ key }) => key);
  const { open, setOpen } = useOpenSections([...new Set(['accuracy', ...bad])]);
  return (
    <Stack gap="sm">
      <Accordion
        multiple
        order={3}
        variant="default"
        chevronPosition="left"
        transitionDuration={0}
        value={[...open]}
        onChange={setOpen}
        classNames={{
          control: classes.control,
          label: classes.label,
          chevron: classes.chevron,
          content: classes.content,
        }}
      >
        {shown.map(({ key, title, explain, text, tone, shown: content }) => (
          <Accordion.Item key={key} value={key} id={anchorOf(key)}>
            <Accordion.Control>
              <Group component="span" justify="space-between" gap="0 1rem">
                <span className={classes.title}>{title}</span>
                <span className={classes.headline}>
                  <StatusText tone={tone}>{text}</StatusText>
                </span>
              </Group>
            </Accordion.Control>
            <Accordion.Panel>
              {open.includes(key) && (
                <>
                  <Text size="sm" c="dimmed" mb="sm" maw="75ch">
                    {explain}
                  </Text>
                  {content}
                </>
              )}
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
      <MissingSections
        projectId={place.projectId}
        reasons={found
          .filter(({ shown: content, missing }) => content === null && missing)
          .map(({ missing }) => missing)}
      />
    </Stack>
  );
}
