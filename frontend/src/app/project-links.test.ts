import { describe, expect, it } from 'vitest';
import { linkAt, PROJECT_LINKS, projectEntries } from './project-links';

const labels = (role: 'labeler' | 'reviewer' | 'admin') => projectEntries(role).map(({ label }) => label);

describe('the navigation of a project', () => {
  it('shows labelers no group, and reviewers their one page under its own name', () => {
    expect(labels('reviewer')).toEqual([...labels('labeler'), 'Review']);
  });

  it('gives an admin every page exactly once', () => {
    const pages = projectEntries('admin').flatMap((entry) => entry.pages);
    expect(pages).toHaveLength(PROJECT_LINKS.length);
    expect(new Set(pages)).toEqual(new Set(PROJECT_LINKS));
    expect(labels('admin')).toEqual([...labels('labeler'), 'Training', 'Data', 'Quality', 'Project']);
  });

  it('finds the page that an address belongs to', () => {
    expect(linkAt('/projects/7', 7)?.label).toBe('Overview');
    expect(linkAt('/projects/7/rounds/12', 7)?.label).toBe('Rounds');
    expect(linkAt('/projects/7/checkpoints/compare', 7)?.label).toBe('Rounds');
    expect(linkAt('/projects/7/review/', 7)?.label).toBe('Review');
    expect(linkAt('/account', 7)).toBeUndefined();
  });
});
