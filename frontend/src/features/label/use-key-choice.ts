import { useLocalStorage } from '@mantine/hooks';
import { type KeyChoice, STANDARD } from './key-map';

/** The labeler's keys; kept on this device. */
export function useKeyChoice(): [KeyChoice, (choice: KeyChoice) => void] {
  const [choice, setChoice] = useLocalStorage<KeyChoice>({
    key: 'prefloop-label-keys',
    defaultValue: STANDARD,
    getInitialValueInEffect: false,
    deserialize: parsed,
  });
  return [choice, setChoice];
}

/** What storage holds may have been written by another version. */
function parsed(text: string | undefined): KeyChoice {
  try {
    const value: unknown = JSON.parse(text ?? '');
    if (typeof value !== 'object' || value === null) return STANDARD;
    const { preset, own } = value as Partial<Record<keyof KeyChoice, unknown>>;
    return {
      preset: preset === 'left-hand' || preset === 'right-hand' ? preset : 'standard',
      own: typeof own === 'object' && own !== null ? Object.fromEntries(Object.entries(own).filter(isKeyList)) : {},
    };
  } catch {
    return STANDARD;
  }
}

function isKeyList(entry: [string, unknown]): boolean {
  return Array.isArray(entry[1]) && entry[1].every((key) => typeof key === 'string');
}
