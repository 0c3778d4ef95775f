const { default: Sequencer } = require('@jest/test-sequencer');

/** Specs of whole stacks and of models take longest: begun first, they leave no one waiting at the end. */
const SLOW = /(\.e2e|model\.int|plans\.int|campaign\.workflow)\.spec\.ts$/;

/** The usual order knows how long a spec takes only from an earlier run, and a clean checkout has none. */
module.exports = class SlowSpecsFirst extends Sequencer {
  sort(tests) {
    const usual = super.sort(tests);
    return [...usual.filter(({ path }) => SLOW.test(path)), ...usual.filter(({ path }) => !SLOW.test(path))];
  }
};
