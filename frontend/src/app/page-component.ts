import { lazyRouteComponent, type RouteComponent } from '@tanstack/react-router';
import type { ComponentType } from 'react';

const pages = import.meta.glob<{ default: ComponentType }>('../features/*/*-page.tsx');

/** The page `<area>/<name>` as a route's component, loaded when it is first visited with the styles of all controls. */
export function pageComponent(path: string): RouteComponent {
  return lazyRouteComponent(async () => {
    const [page] = await Promise.all([load(path), import('../components/all-styles')]);
    return page;
  });
}

/** The labeling page: it must be there at once and uses few controls, whose styles come with the first page. */
export function leanPageComponent(path: string): RouteComponent {
  return lazyRouteComponent(() => load(path));
}

function load(path: string) {
  const page = pages[`../features/${path}-page.tsx`];
  return page ? page() : Promise.reject(new Error(`There is no page ${path}.`));
}
