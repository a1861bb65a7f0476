import { MantineProvider } from '@mantine/core';
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense } from 'react';
import { colorSchemeManager } from '../lib/color-scheme';
import { cspNonce } from '../lib/csp-nonce';
import { cssVariables, theme } from './theme';

const NotificationHost = lazy(() => import('./notification-host'));

interface ProvidersProps {
  queryClient: QueryClient;
  children: ReactNode;
  /** `test` switches transitions and portals off. */
  env?: 'default' | 'test';
}

export function Providers({ queryClient, children, env = 'default' }: ProvidersProps) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
      getStyleNonce={cspNonce}
      deduplicateInlineStyles
      env={env}
    >
      <QueryClientProvider client={queryClient}>
        {children}
        <Suspense>
          <NotificationHost />
        </Suspense>
      </QueryClientProvider>
    </MantineProvider>
  );
}
