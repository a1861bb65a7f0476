import { lazyRouteComponent, type RouteComponent } from '@tanstack/react-router';
import type { ComponentType } from 'react';

type Load = () => Promise<{ default: ComponentType }>;

/** A page as a route's component, loaded when it is first visited, with the styles of all controls. */
export function page(load: Load): RouteComponent {
  return lazyRouteComponent(async () => {
    const [loaded] = await Promise.all([load(), import('../components/all-styles')]);
    return loaded;
  });
}

/** The labeling page: it must be there at once and uses few controls, whose styles come with the first page. */
export function leanPage(load: Load): RouteComponent {
  return lazyRouteComponent(load);
}
