/** Which names a misspelt one may have meant. */

import { describe, expect, it } from 'vitest';
import { nearestNames } from '../../src/model/nearest.ts';

describe('nearestNames', () => {
  it('offers names with a letter too few, too many or wrong, nearest first', () => {
    expect(nearestNames('mmap_bse', ['mm', 'mmap_bases', 'mmap_base', 'mmap_legacy_base'])).toEqual([
      'mmap_base',
      'mmap_bases',
    ]);
  });

  it('offers names that differ in case alone before others', () => {
    expect(nearestNames('Ab', ['xb', 'AB'])).toEqual(['AB', 'xb']);
  });

  it('offers no name that differs in more than a third of the letters', () => {
    expect(nearestNames('abcdef', ['abxyef', 'abxyzf'])).toEqual(['abxyef']);
  });

  it('offers three at most, each once, and never the empty one', () => {
    expect(nearestNames('aa', ['ab', 'ab', 'ac', '', 'ad', 'ae'])).toEqual(['ab', 'ac', 'ad']);
    expect(nearestNames('a', [''])).toEqual([]);
  });
});
