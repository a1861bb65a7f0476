import { Link, Outlet } from '@tanstack/react-router';
import { SchemeToggle } from './scheme-toggle';
import classes from './shell.module.css';
import { UserMenu } from './user-menu';

/** The header of every page behind the log-in. */
export function Shell() {
  return (
    <>
      <a className={classes.skip} href="#main">
        Skip to the content
      </a>
      <header className={classes.header}>
        <Link to="/" className={classes.brand} activeProps={{ 'aria-current': undefined }}>
          <img src={`${import.meta.env.BASE_URL}favicon.svg`} alt="" width={24} height={24} />
          Prefloop
        </Link>
        <div className={classes.tools}>
          <SchemeToggle />
          <UserMenu />
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
    </>
  );
}
