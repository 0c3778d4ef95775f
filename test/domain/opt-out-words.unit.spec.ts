import { describe, expect, it } from '@jest/globals';
import { isOptOutText } from '../../domain/subscriber/opt-out-words';

describe('An opt-out by word (R-12)', () => {
  it.each(['STOP', 'stop', ' Stop \n', 'UNSUBSCRIBE', 'unsubscribe', 'ＳＴＯＰ', 'DỪNG', 'dừng '])(
    'is "%s"',
    (text) => {
      expect(isOptOutText(text, ['dừng'])).toBe(true);
    },
  );

  it.each(['please stop', "don't stop", 'stop it', 'STOPP', '', '   ', 'dung', 'start'])('is not "%s"', (text) => {
    expect(isOptOutText(text, ['dừng', ''])).toBe(false);
  });
});
