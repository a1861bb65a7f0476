import { beforeEach, describe, expect, it, vi } from 'vitest';
import { reloadForUpdate } from './reload-for-update';

beforeEach(() => window.sessionStorage.clear());

describe('a part of the page that is gone', () => {
  it('is fetched by loading the site anew, once a minute at most', () => {
    const reload = vi.spyOn(window.location, 'reload').mockImplementation(() => undefined);
    reloadForUpdate(1_000_000);
    reloadForUpdate(1_030_000);
    expect(reload).toHaveBeenCalledTimes(1);
    reloadForUpdate(1_070_000);
    expect(reload).toHaveBeenCalledTimes(2);
  });
});
