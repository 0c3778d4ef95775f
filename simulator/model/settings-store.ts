import { Table, type Row } from '../store/table';
import { DEFAULT_SETTINGS, PROFILES, type ProfileName, type Settings } from './settings';

const FOR_ALL = 'all';

interface SettingsRow extends Row {
  values: Partial<Settings>;
}

/** Settings for all Pages and, above them, those for one. */
export class SettingsStore {
  readonly table: Table<SettingsRow>;
  private readonly effective = new Map<string, Settings>();

  constructor(
    private readonly profile: () => ProfileName,
    onChange: () => void,
  ) {
    this.table = new Table('settings', onChange);
  }

  /** What holds for a Page, or without one for all. */
  of(pageId = FOR_ALL): Settings {
    const known = this.effective.get(pageId);
    if (known) return known;
    const settings = {
      ...DEFAULT_SETTINGS,
      ...PROFILES[this.profile()],
      ...this.table.get(FOR_ALL)?.values,
      ...this.table.get(pageId)?.values,
    };
    this.effective.set(pageId, settings);
    return settings;
  }

  change(pageId: string | undefined, values: Partial<Settings>): void {
    const id = pageId ?? FOR_ALL;
    this.table.put({ id, values: { ...this.table.get(id)?.values, ...values } });
    this.effective.clear();
  }

  clear(): void {
    this.table.clear();
    this.effective.clear();
  }

  removeOfPage(pageId: string): void {
    this.table.delete(pageId);
    this.effective.clear();
  }
}
