import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, createRouter, redirect } from '@tanstack/react-router';
import { sessionQuery } from '../api/session';
import { leanPageComponent, pageComponent } from './page-component';
import { ProjectFrame } from './project-frame';
import { RootUnknown } from './root-unknown';
import { RouteError } from './route-error';
import { RoutePending } from './route-pending';
import { RouteUnknown } from './route-unknown';
import { Shell } from './shell';

interface RouterContext {
  queryClient: QueryClient;
}

const root = createRootRouteWithContext<RouterContext>()({ notFoundComponent: RootUnknown });

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    typeof search.next === 'string' ? { next: search.next } : {},
  component: pageComponent('session/login'),
});
const join = createRoute({
  getParentRoute: () => root,
  path: '/join/$secret',
  component: pageComponent('session/join'),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    const session = await context.queryClient.ensureQueryData(sessionQuery);
    if (!session.user) throw redirect({ to: '/login', search: { next: location.href } });
  },
});

const projectList = createRoute({
  getParentRoute: () => shell,
  path: '/',
  component: pageComponent('projects/project-list'),
});
const projectNew = createRoute({
  getParentRoute: () => shell,
  path: '/projects/new',
  component: pageComponent('projects/project-new'),
});
const account = createRoute({
  getParentRoute: () => shell,
  path: '/account',
  component: pageComponent('session/account'),
});

const project = createRoute({ getParentRoute: () => shell, path: '/projects/$id', component: ProjectFrame });
const under = () => project;
const overview = createRoute({
  getParentRoute: under,
  path: '/',
  component: pageComponent('projects/project-overview'),
});
const label = createRoute({ getParentRoute: under, path: '/label', component: leanPageComponent('label/label') });
const history = createRoute({ getParentRoute: under, path: '/history', component: pageComponent('label/history') });
const rounds = createRoute({ getParentRoute: under, path: '/rounds', component: pageComponent('rounds/rounds') });
const round = createRoute({
  getParentRoute: under,
  path: '/rounds/$roundId',
  component: pageComponent('rounds/round'),
});
const models = createRoute({ getParentRoute: under, path: '/models', component: pageComponent('models/models') });
const model = createRoute({
  getParentRoute: under,
  path: '/models/$modelId',
  component: pageComponent('models/model'),
});
const queue = createRoute({ getParentRoute: under, path: '/queue', component: pageComponent('data/queue') });
const preferences = createRoute({
  getParentRoute: under,
  path: '/preferences',
  component: pageComponent('data/preferences'),
});
const prompts = createRoute({ getParentRoute: under, path: '/prompts', component: pageComponent('projects/prompts') });
const members = createRoute({ getParentRoute: under, path: '/members', component: pageComponent('projects/members') });
const data = createRoute({ getParentRoute: under, path: '/data', component: pageComponent('data/data') });
const settings = createRoute({
  getParentRoute: under,
  path: '/settings',
  component: pageComponent('projects/project-settings'),
});
const audit = createRoute({ getParentRoute: under, path: '/audit', component: pageComponent('projects/audit') });

const routeTree = root.addChildren([
  login,
  join,
  shell.addChildren([
    projectList,
    projectNew,
    account,
    project.addChildren([
      overview,
      label,
      history,
      rounds,
      round,
      models,
      model,
      queue,
      preferences,
      prompts,
      members,
      data,
      settings,
      audit,
    ]),
  ]),
]);

export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    defaultPreload: 'intent',
    defaultErrorComponent: RouteError,
    defaultPendingComponent: RoutePending,
    defaultNotFoundComponent: RouteUnknown,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
