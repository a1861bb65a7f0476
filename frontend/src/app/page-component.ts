import { lazyRouteComponent, type RouteComponent } from '@tanstack/react-router';
import type { ComponentType } from 'react';

const pages = import.meta.glob<{ default: ComponentType }>('../features/*/*-page.tsx');

/** The page `<area>/<name>` as a route's component, loaded when it is first visited. */
export function pageComponent(path: string): RouteComponent {
  const load = pages[`../features/${path}-page.tsx`];
  return lazyRouteComponent(() => (load ? load() : Promise.reject(new Error(`There is no page ${path}.`))));
}
