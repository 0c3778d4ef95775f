import { defineSearchAttributeKey } from '@temporalio/common';

/** What an operator can list by; ids, states, rules and times only. */
export const SEARCH_ATTRIBUTES = {
  workspace: defineSearchAttributeKey('HeraldWorkspace', 'KEYWORD'),
  page: defineSearchAttributeKey('HeraldPage', 'KEYWORD'),
  state: defineSearchAttributeKey('HeraldState', 'KEYWORD'),
  rule: defineSearchAttributeKey('HeraldRule', 'KEYWORD'),
  nextAt: defineSearchAttributeKey('HeraldNextAt', 'DATETIME'),
};
