import { testSoak } from '../support/soak-tests.js';

testSoak(200, 1_500_000);
