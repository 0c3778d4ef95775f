import { describe, expect, it } from '@jest/globals';
import { apiKeyPrefix, generateApiKey, hashApiKey, isApiKey } from '../../src/security/api-key-secret';

describe('API keys', () => {
  it('have a prefix to find them by and a hash to know them by', () => {
    const key = generateApiKey();
    expect(key.text).toMatch(/^hrld_[a-z0-9]{12}_[\w-]{43}$/);
    expect(apiKeyPrefix(key.text)).toBe(key.prefix);
    expect(key.hash).toHaveLength(32);
    expect(isApiKey(key.text, key.hash)).toBe(true);
  });

  it('are found by their prefix also when the secret holds an underscore', () => {
    expect(apiKeyPrefix(`hrld_abcdefghij12_${'_'.repeat(43)}`)).toBe('abcdefghij12');
  });

  it('never repeat', () => {
    const texts = Array.from({ length: 100 }, () => generateApiKey().text);
    expect(new Set(texts).size).toBe(100);
  });

  it('are not known by the hash of another', () => {
    expect(isApiKey(generateApiKey().text, generateApiKey().hash)).toBe(false);
    expect(isApiKey('', hashApiKey('x'))).toBe(false);
    expect(isApiKey('x', Buffer.alloc(0))).toBe(false);
  });

  it.each(['', 'hrld_', 'hrld_abc_def', 'sk_abcdefghij12_' + 'a'.repeat(43), 'hrld_abcdefghij12_' + 'a'.repeat(44)])(
    'are not read out of "%s"',
    (text) => {
      expect(apiKeyPrefix(text)).toBeUndefined();
    },
  );
});
