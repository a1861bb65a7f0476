import 'fake-indexeddb/auto';
import '@testing-library/jest-dom/vitest';
import { cleanup, configure } from '@testing-library/react';
import { afterEach, vi } from 'vitest';

// Pages are loaded when first visited, which takes its time on a busy machine.
configure({ asyncUtilTimeout: 5_000 });
afterEach(cleanup);

// What the pages use of a browser and happy-dom lacks.
window.scrollTo = vi.fn();
// Text areas that grow measure themselves again when a font arrives.
Object.defineProperty(document, 'fonts', { value: new EventTarget() });
