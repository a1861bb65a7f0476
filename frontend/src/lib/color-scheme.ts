import { localStorageColorSchemeManager } from '@mantine/core';

/** Where `public/color-scheme.js` reads the choice before the first paint: keep the key equal there. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: 'prefloop-color-scheme' });
