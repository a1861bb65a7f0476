import { Text } from '@mantine/core';
import { TextLink } from '../text-link';
import classes from './reward-report.module.css';

interface MissingSectionsProps {
  projectId: number;
  reasons: readonly string[];
}

/** What the report has nothing of, and why. */
export function MissingSections({ projectId, reasons }: MissingSectionsProps) {
  if (reasons.length === 0) return null;
  return (
    <Text component="div" size="sm" c="dimmed">
      Not in this report; most can be switched on in the{' '}
      <TextLink to="/projects/$id/settings" params={{ id: String(projectId) }} underline="always" inherit>
        settings of the reward model
      </TextLink>
      :
      <ul className={classes.missing}>
        {reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </Text>
  );
}
