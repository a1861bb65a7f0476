import './first-styles';
import './global.css';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { cspNonce } from '../lib/csp-nonce';
import { reloadForUpdate } from '../lib/reload-for-update';
import { Providers } from './providers';
import { createQueryClient } from './query-client';
import { createAppRouter } from './router';

// The scroll lock under dialogs writes a style tag of its own and reads its nonce from here.
Object.assign(window, { __webpack_nonce__: cspNonce() });

// After an update of the site the pages of the older one are gone: a visit to one loads the new site.
window.addEventListener('vite:preloadError', () => reloadForUpdate());

const queryClient = createQueryClient();
const router = createAppRouter(queryClient);
const host = document.getElementById('root');
if (!host) throw new Error('index.html has no element with the id "root".');

createRoot(host).render(
  <StrictMode>
    <Providers queryClient={queryClient}>
      <RouterProvider router={router} />
    </Providers>
  </StrictMode>,
);
