import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  type RouterHistory,
  redirect,
} from '@tanstack/react-router';
import { sessionQuery } from '../api/session';
import { leanPage, page } from './page-component';
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
  component: page(() => import('../features/session/login-page')),
});
const join = createRoute({
  getParentRoute: () => root,
  path: '/join/$secret',
  component: page(() => import('../features/session/join-page')),
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
  component: page(() => import('../features/projects/project-list-page')),
});
const projectNew = createRoute({
  getParentRoute: () => shell,
  path: '/projects/new',
  component: page(() => import('../features/projects/project-new-page')),
});
const account = createRoute({
  getParentRoute: () => shell,
  path: '/account',
  component: page(() => import('../features/session/account-page')),
});

const project = createRoute({ getParentRoute: () => shell, path: '/projects/$id', component: ProjectFrame });
const under = () => project;
const overview = createRoute({
  getParentRoute: under,
  path: '/',
  component: page(() => import('../features/projects/project-overview-page')),
});
const label = createRoute({
  getParentRoute: under,
  path: '/label',
  component: leanPage(() => import('../features/label/label-page')),
});
const chat = createRoute({
  getParentRoute: under,
  path: '/chat',
  validateSearch: (search: Record<string, unknown>): { chat?: number | 'new' } =>
    typeof search.chat === 'number' || search.chat === 'new' ? { chat: search.chat } : {},
  component: page(() => import('../features/chat/chat-page')),
});
const history = createRoute({
  getParentRoute: under,
  path: '/history',
  component: page(() => import('../features/label/history-page')),
});
const receipts = createRoute({
  getParentRoute: under,
  path: '/receipts',
  component: page(() => import('../features/label/receipts-page')),
});
const rounds = createRoute({
  getParentRoute: under,
  path: '/rounds',
  component: page(() => import('../features/rounds/rounds-page')),
});
const round = createRoute({
  getParentRoute: under,
  path: '/rounds/$roundId',
  component: page(() => import('../features/rounds/round-page')),
});
const checkpoints = createRoute({
  getParentRoute: under,
  path: '/checkpoints/compare',
  validateSearch: ({ checkpoints: ids }: Record<string, unknown>): { checkpoints?: string | number } =>
    typeof ids === 'string' || typeof ids === 'number' ? { checkpoints: ids } : {},
  component: page(() => import('../features/rounds/tuning/compare-page')),
});
const models = createRoute({
  getParentRoute: under,
  path: '/models',
  component: page(() => import('../features/models/models-page')),
});
const model = createRoute({
  getParentRoute: under,
  path: '/models/$modelId',
  component: page(() => import('../features/models/model-page')),
});
const modelCard = createRoute({
  getParentRoute: under,
  path: '/models/$modelId/card',
  component: page(() => import('../features/cards/model-card-page')),
});
const projectCard = createRoute({
  getParentRoute: under,
  path: '/card',
  component: page(() => import('../features/cards/project-card-page')),
});
const queue = createRoute({
  getParentRoute: under,
  path: '/queue',
  component: page(() => import('../features/data/queue-page')),
});
const preferences = createRoute({
  getParentRoute: under,
  path: '/preferences',
  component: page(() => import('../features/data/preferences-page')),
});
const prompts = createRoute({
  getParentRoute: under,
  path: '/prompts',
  component: page(() => import('../features/projects/prompts-page')),
});
const members = createRoute({
  getParentRoute: under,
  path: '/members',
  component: page(() => import('../features/projects/members-page')),
});
const data = createRoute({
  getParentRoute: under,
  path: '/data',
  component: page(() => import('../features/data/data-page')),
});
const review = createRoute({
  getParentRoute: under,
  path: '/review',
  component: page(() => import('../features/review/review-page')),
});
const exclusions = createRoute({
  getParentRoute: under,
  path: '/exclusions',
  component: page(() => import('../features/quality/exclusions-page')),
});
const quality = createRoute({
  getParentRoute: under,
  path: '/quality',
  component: page(() => import('../features/quality/quality-page')),
});
const gold = createRoute({
  getParentRoute: under,
  path: '/gold',
  component: page(() => import('../features/gold/gold-page')),
});
const form = createRoute({
  getParentRoute: under,
  path: '/form',
  component: page(() => import('../features/projects/form-page')),
});
const principles = createRoute({
  getParentRoute: under,
  path: '/principles',
  component: page(() => import('../features/principles/principles-page')),
});
const settings = createRoute({
  getParentRoute: under,
  path: '/settings',
  component: page(() => import('../features/projects/project-settings-page')),
});
const audit = createRoute({
  getParentRoute: under,
  path: '/audit',
  component: page(() => import('../features/projects/audit-page')),
});

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
      chat,
      history,
      receipts,
      rounds,
      round,
      checkpoints,
      models,
      model,
      modelCard,
      projectCard,
      queue,
      preferences,
      prompts,
      members,
      data,
      form,
      principles,
      quality,
      gold,
      review,
      exclusions,
      settings,
      audit,
    ]),
  ]),
]);

/** `history` replaces the browser's address bar, for tests. */
export function createAppRouter(queryClient: QueryClient, history?: RouterHistory) {
  return createRouter({
    routeTree,
    history,
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
