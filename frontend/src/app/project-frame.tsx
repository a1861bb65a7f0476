import { useQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { projectQuery } from '../api/project-queries';
import { ErrorState } from '../components/error-state';
import { LoadingState } from '../components/loading-state';
import { Page } from '../components/page';
import { useNumberParam } from '../lib/route-params';
import classes from './project-frame.module.css';
import { PROJECT_LINKS } from './project-links';

/** The project's name and navigation above each of its pages; labelers see fewer pages than admins. */
export function ProjectFrame() {
  const id = useNumberParam('id');
  const project = useQuery(projectQuery(id));
  if (project.isPending) {
    return (
      <Page title="Loading">
        <LoadingState label="Loading the project" />
      </Page>
    );
  }
  if (project.isError) {
    return (
      <Page title="Project" width="narrow">
        <ErrorState
          level={1}
          error={project.error}
          title="The project could not be loaded"
          onRetry={() => void project.refetch()}
        />
      </Page>
    );
  }
  const links = PROJECT_LINKS.filter((link) => !link.admin || project.data.role === 'admin');
  return (
    <>
      <nav className={classes.bar} aria-label={project.data.name}>
        <span className={classes.name} title={project.data.name}>
          {project.data.name}
        </span>
        <ul className={classes.links}>
          {links.map(({ to, label }) => (
            <li key={to}>
              <Link
                to={to}
                params={{ id: String(id) }}
                className={classes.link}
                activeOptions={{ exact: to === '/projects/$id' }}
              >
                {label}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <Outlet />
    </>
  );
}
