import { describe, expect, it } from 'vitest';
import {
  addFeatures,
  DEFAULT_FEATURES,
  FEATURE_NAMES,
  INITIAL_FEATURES,
  NO_FEATURES,
} from '../../src/encode/features.ts';

describe('the features of BTF', () => {
  it('are those that pahole 1.31 lists, in its order', () => {
    expect(FEATURE_NAMES.join(',')).toBe(
      'encode_force,var,float,decl_tag,type_tag,enum64,optimized_func,consistent_func,decl_tag_kfuncs,' +
        'reproducible_build,distilled_base,global_var,attributes,true_signature,layout',
    );
  });

  it('are variables, tags and wide enums without any choice', () => {
    expect(INITIAL_FEATURES).toEqual({
      ...NO_FEATURES,
      var: true,
      declTag: true,
      typeTag: true,
      enum64: true,
    });
  });

  it('are by default the nine that every kernel asks for', () => {
    const on = Object.values(DEFAULT_FEATURES).filter((isOn) => isOn);
    expect(on).toHaveLength(9);
    expect(DEFAULT_FEATURES).toMatchObject({ distilledBase: false, layout: false, consistentFunc: true });
  });
});

describe('a list of features', () => {
  it('adds each that it names', () => {
    const { features } = addFeatures(NO_FEATURES, 'float,global_var');
    expect(features).toEqual({ ...NO_FEATURES, float: true, globalVar: true });
  });

  it('adds the default set for the word default, alone or among others', () => {
    expect(addFeatures(NO_FEATURES, 'default').features).toEqual(DEFAULT_FEATURES);
    expect(addFeatures(NO_FEATURES, 'layout,default').features).toEqual({
      ...DEFAULT_FEATURES,
      layout: true,
    });
  });

  it('adds the default set for a plus before it', () => {
    expect(addFeatures(NO_FEATURES, '+layout').features).toEqual({ ...DEFAULT_FEATURES, layout: true });
    expect(addFeatures(NO_FEATURES, '+').features).toEqual(DEFAULT_FEATURES);
  });

  it('adds to what was there', () => {
    const { features } = addFeatures(addFeatures(NO_FEATURES, 'float').features, 'var');
    expect(features).toEqual({ ...NO_FEATURES, float: true, var: true });
  });

  it('keeps names that mean nothing apart', () => {
    expect(addFeatures(NO_FEATURES, 'all,,float,Float')).toEqual({
      features: { ...NO_FEATURES, float: true },
      unknown: ['all', 'Float'],
    });
  });
});
