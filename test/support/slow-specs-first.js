const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * Specs of whole stacks, of models and of very many requests take longest: begun first, they leave no one waiting at the
 * end. By size they would come last: what they share stands in other files.
 */
const SLOW =
  /(\.e2e|(model|plans|fuzz-\w+|cost|lines|wrong-input|tenants|violations)\.int|(campaign|subscriber-life)\.workflow|workflows\.replay)\.spec\.ts$/;

/** The usual order knows how long a spec takes only from an earlier run, and a clean checkout has none. */
module.exports = class SlowSpecsFirst extends Sequencer {
  sort(tests) {
    const usual = super.sort(tests);
    return [...usual.filter(({ path }) => SLOW.test(path)), ...usual.filter(({ path }) => !SLOW.test(path))];
  }
};
