/** The pages of a project in the order of its navigation. */
export const PROJECT_LINKS = [
  { to: '/projects/$id', label: 'Overview', admin: false },
  { to: '/projects/$id/label', label: 'Label', admin: false },
  { to: '/projects/$id/history', label: 'History', admin: false },
  { to: '/projects/$id/rounds', label: 'Rounds', admin: true },
  { to: '/projects/$id/models', label: 'Models', admin: true },
  { to: '/projects/$id/queue', label: 'Queue', admin: true },
  { to: '/projects/$id/preferences', label: 'Preferences', admin: true },
  { to: '/projects/$id/prompts', label: 'Prompts', admin: true },
  { to: '/projects/$id/members', label: 'Members', admin: true },
  { to: '/projects/$id/data', label: 'Import & export', admin: true },
  { to: '/projects/$id/settings', label: 'Settings', admin: true },
  { to: '/projects/$id/audit', label: 'Audit', admin: true },
] as const;
