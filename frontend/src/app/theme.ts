import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const iris: MantineColorsTuple = [
  '#f0f2fe',
  '#dfe3fb',
  '#bcc4f5',
  '#98a4ef',
  '#7a88e8',
  '#6674e0',
  '#5563d6',
  '#4450c1',
  '#3a45a8',
  '#2d3688',
];

const slate: MantineColorsTuple = [
  '#dfe2e8',
  '#bfc5d0',
  '#9aa2b1',
  '#737c8d',
  '#454d5b',
  '#343b47',
  '#262c36',
  '#181c23',
  '#13161c',
  '#0d0f13',
];

export const theme = createTheme({
  primaryColor: 'iris',
  primaryShade: { light: 7, dark: 6 },
  colors: { iris, dark: slate },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "Helvetica Neue", Arial, sans-serif, "Noto Color Emoji"',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Code", "Liberation Mono", Menlo, Consolas, monospace',
  fontSizes: { xs: '0.8125rem', sm: '0.875rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  lineHeights: { xs: '1.45', sm: '1.5', md: '1.55', lg: '1.6', xl: '1.6' },
  headings: {
    fontWeight: '620',
    sizes: {
      h1: { fontSize: '1.5rem', lineHeight: '1.3' },
      h2: { fontSize: '1.1875rem', lineHeight: '1.35' },
      h3: { fontSize: '1rem', lineHeight: '1.4' },
    },
  },
  components: {
    Tooltip: { defaultProps: { openDelay: 350, withArrow: false } },
    Paper: { defaultProps: { withBorder: true } },
    Card: { defaultProps: { withBorder: true } },
    Table: { defaultProps: { verticalSpacing: 'xs', horizontalSpacing: 'sm' } },
    Drawer: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Modal: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' }, centered: true } },
  },
});

/** Text colours that keep a contrast of at least 4.5 : 1 on the page and on cards, which the defaults do not. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#1b1f27',
    '--mantine-color-dimmed': '#565e6c',
    '--mantine-color-placeholder': '#6a7280',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-default-border': '#d9dde4',
    '--mantine-color-anchor': 'var(--mantine-color-iris-7)',
    '--prefloop-canvas': '#f6f7f9',
    '--prefloop-line': '#e4e7ec',
    '--prefloop-accent-soft': 'var(--mantine-color-iris-0)',
    '--prefloop-difference': '#dfe3fb',
    '--prefloop-good': '#1c7a45',
    '--prefloop-bad': '#b3261e',
    '--prefloop-good-soft': '#d3efdd',
    '--prefloop-bad-soft': '#fadcd9',
  },
  dark: {
    '--mantine-color-text': '#dfe2e8',
    '--mantine-color-dimmed': '#a3abb9',
    '--mantine-color-placeholder': '#8b93a2',
    '--mantine-color-error': '#ff8f87',
    '--mantine-color-default-border': '#343b47',
    '--mantine-color-anchor': 'var(--mantine-color-iris-3)',
    '--prefloop-canvas': '#121519',
    '--prefloop-line': '#2a303a',
    '--prefloop-accent-soft': '#232a47',
    '--prefloop-difference': '#343f73',
    '--prefloop-good': '#1f7d4a',
    '--prefloop-bad': '#b8352d',
    '--prefloop-good-soft': '#1d4a32',
    '--prefloop-bad-soft': '#5a2622',
  },
});
