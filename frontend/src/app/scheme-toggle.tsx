import { ActionIcon, Tooltip, useMantineColorScheme } from '@mantine/core';
import { MoonIcon, ScreenIcon, SunIcon } from '../components/icons';

const NEXT = { auto: 'light', light: 'dark', dark: 'auto' } as const;
const NAMES = { auto: 'as the system', light: 'light', dark: 'dark' } as const;
const ICONS = { auto: ScreenIcon, light: SunIcon, dark: MoonIcon } as const;

/** Steps through the colour schemes: as the system, light, dark. */
export function SchemeToggle() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Icon = ICONS[colorScheme];
  return (
    <Tooltip label={`Colours: ${NAMES[colorScheme]}`}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={`Colours: ${NAMES[colorScheme]}. Change to ${NAMES[NEXT[colorScheme]]}`}
        onClick={() => setColorScheme(NEXT[colorScheme])}
      >
        <Icon />
      </ActionIcon>
    </Tooltip>
  );
}
