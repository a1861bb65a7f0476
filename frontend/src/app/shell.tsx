import { Link, Outlet } from '@tanstack/react-router';
import { SchemeToggle } from './scheme-toggle';
import classes from './shell.module.css';
import { UserMenu } from './user-menu';

/** The frame of every page behind the log-in. A `nav`, since dialogs bring a page header of their own. */
export function Shell() {
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#main">
        Skip to the content
      </a>
      <nav className={classes.header} aria-label="Site">
        <Link to="/" className={classes.brand} activeProps={{ 'aria-current': undefined }}>
          <img src={`${import.meta.env.BASE_URL}favicon.svg`} alt="" width={24} height={24} />
          Prefloop
        </Link>
        <div className={classes.tools}>
          <SchemeToggle />
          <UserMenu />
        </div>
      </nav>
      <main id="main" className={classes.main} tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}
