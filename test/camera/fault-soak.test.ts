import { testSoak } from '../support/soak-tests.js';

testSoak(20, 180_000);
