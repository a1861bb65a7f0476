import { Link, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { linkAt, type ProjectLink, type ProjectRole, projectEntries } from './project-links';
import classes from './project-navigation.module.css';

interface ProjectNavigationProps {
  id: number;
  name: string;
  role: ProjectRole;
}

/** The project's name and pages; where the page belongs to a group, a second row with the group's pages. */
export function ProjectNavigation({ id, name, role }: ProjectNavigationProps) {
  const pathname = useLocation({ select: (location) => location.pathname });
  const barRef = useRef<HTMLElement>(null);
  const current = linkAt(pathname, id);
  const entries = projectEntries(role);
  const open = entries.find(({ pages }) => pages.length > 1 && pages.some((page) => page === current));

  // On narrow screens the rows scroll: the page one is on stays in view.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address moves the mark that is looked for here
  useEffect(() => {
    for (const link of barRef.current?.querySelectorAll<HTMLElement>('[data-current]') ?? []) {
      const list = link.closest('ul');
      if (list) list.scrollLeft = link.offsetLeft - list.offsetLeft - (list.clientWidth - link.offsetWidth) / 2;
    }
  }, [pathname]);

  return (
    <nav ref={barRef} className={classes.bar} aria-label={name}>
      <span className={classes.name} title={name}>
        {name}
      </span>
      <ul className={classes.links}>
        {entries.map(({ label, pages }) => (
          <li key={label}>
            <PageLink id={id} page={pages[0]} label={label} isCurrent={pages.some((page) => page === current)} />
          </li>
        ))}
      </ul>
      {open && (
        <ul className={classes.pages} aria-label={open.label}>
          {open.pages.map((page) => (
            <li key={page.to}>
              <PageLink id={id} page={page} label={page.label} isCurrent={page === current} />
            </li>
          ))}
        </ul>
      )}
    </nav>
  );
}

interface PageLinkProps {
  id: number;
  page: ProjectLink | undefined;
  label: string;
  isCurrent: boolean;
}

function PageLink({ id, page, label, isCurrent }: PageLinkProps) {
  if (!page) return null;
  return (
    <Link
      to={page.to}
      params={{ id: String(id) }}
      className={classes.link}
      activeOptions={{ exact: page.to === '/projects/$id' }}
      data-current={isCurrent || undefined}
    >
      {label}
    </Link>
  );
}
