/** The pages of a project in the order of its navigation. */

export type ProjectRole = 'labeler' | 'reviewer' | 'admin';

const GROUPS = ['Training', 'Data', 'Quality', 'Project'] as const;
type Group = (typeof GROUPS)[number];

/** `least` is the role that sees the link; pages of a group share one entry of the first row. */
export const PROJECT_LINKS = [
  { to: '/projects/$id', label: 'Overview', least: 'labeler', group: null },
  { to: '/projects/$id/label', label: 'Label', least: 'labeler', group: null },
  { to: '/projects/$id/chat', label: 'Chat', least: 'labeler', group: null },
  { to: '/projects/$id/history', label: 'History', least: 'labeler', group: null },
  { to: '/projects/$id/receipts', label: 'Receipts', least: 'labeler', group: null },
  { to: '/projects/$id/rounds', label: 'Rounds', least: 'admin', group: 'Training' },
  { to: '/projects/$id/models', label: 'Models', least: 'admin', group: 'Training' },
  { to: '/projects/$id/principles', label: 'Principles', least: 'admin', group: 'Training' },
  { to: '/projects/$id/queue', label: 'Queue', least: 'admin', group: 'Data' },
  { to: '/projects/$id/preferences', label: 'Preferences', least: 'admin', group: 'Data' },
  { to: '/projects/$id/prompts', label: 'Prompts', least: 'admin', group: 'Data' },
  { to: '/projects/$id/data', label: 'Import & export', least: 'admin', group: 'Data' },
  { to: '/projects/$id/quality', label: 'Figures', least: 'admin', group: 'Quality' },
  { to: '/projects/$id/review', label: 'Review', least: 'reviewer', group: 'Quality' },
  { to: '/projects/$id/gold', label: 'Known pairs', least: 'admin', group: 'Quality' },
  { to: '/projects/$id/exclusions', label: 'Exclusions', least: 'admin', group: 'Quality' },
  { to: '/projects/$id/members', label: 'Members', least: 'admin', group: 'Project' },
  { to: '/projects/$id/form', label: 'Question form', least: 'admin', group: 'Project' },
  { to: '/projects/$id/card', label: 'Model card', least: 'admin', group: 'Project' },
  { to: '/projects/$id/settings', label: 'Settings', least: 'admin', group: 'Project' },
  { to: '/projects/$id/audit', label: 'Audit', least: 'admin', group: 'Project' },
] as const satisfies readonly { to: string; label: string; least: ProjectRole; group: Group | null }[];

export type ProjectLink = (typeof PROJECT_LINKS)[number];

const RANKS: Record<ProjectRole, number> = { labeler: 0, reviewer: 1, admin: 2 };

/** An entry of the first row: a page, or a group that leads to the first of its pages. */
export interface Entry {
  label: string;
  pages: readonly ProjectLink[];
}

/** The first row for a role; a group of which only one page is seen stands under that page's name. */
export function projectEntries(role: ProjectRole): Entry[] {
  const seen = PROJECT_LINKS.filter(({ least }) => RANKS[role] >= RANKS[least]);
  const alone = seen
    .filter(({ group }) => group === null)
    .map((link) => ({ label: link.label as string, pages: [link] }));
  const groups = GROUPS.map((group) => seen.filter((link) => link.group === group)).flatMap((pages) => {
    const [first] = pages;
    if (!first) return [];
    return [{ label: pages.length > 1 && first.group ? first.group : first.label, pages }];
  });
  return [...alone, ...groups];
}

/** The page of a project that an address is part of. */
export function linkAt(pathname: string, id: number): ProjectLink | undefined {
  // Checkpoints are looked at from the rounds.
  const path = pathname.replace(/\/$/, '').replace(`/projects/${id}/checkpoints/`, `/projects/${id}/rounds/`);
  return PROJECT_LINKS.find(({ to }) => {
    const page = to.replace('$id', String(id));
    return path === page || (to !== '/projects/$id' && path.startsWith(`${page}/`));
  });
}
