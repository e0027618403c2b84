// Other judges over the documents of bench_policy.c: node judge.mjs ENGINE COLUMNS SECONDS prints documents per CPU-second.
//
// The rules are those of the case study as each engine writes them, compiled once; retention is a number of months, as in
// the case study's own function.

const RULES = [
  '!product.schema.exists(c, has(c.pii) && c.pii) || size(product.access) > 0',
  'product.domain != "finance" || product.retention >= 84.0',
  'size(product.quality_checks) > 0',
];

const LOGIC = [
  {or: [{'!': {some: [{var: 'product.schema'}, {var: 'pii'}]}}, {'!!': {var: 'product.access'}}]},
  {or: [{'!=': [{var: 'product.domain'}, 'finance']}, {'>=': [{var: 'product.retention'}, 84]}]},
  {'!!': {var: 'product.quality_checks'}},
];

// Each gives a list of functions from the variables to a boolean.
const ENGINES = {
  async 'cel-js'() {
    const {Environment} = await import('@marcbachmann/cel-js');
    const environment = new Environment().registerVariable('product', 'dyn');
    return RULES.map(rule => environment.parse(rule));
  },
  async bufbuild() {
    const {celEnv, parse, plan} = await import('@bufbuild/cel');
    const environment = celEnv();
    return RULES.map(rule => plan(environment, parse(rule)));
  },
  async 'json-logic'() {
    const {default: logic} = await import('json-logic-js');
    return LOGIC.map(rule => variables => logic.apply(rule, variables));
  },
};

function makeProduct(columns) {
  const schema = [];
  for (let number = 1; number <= columns; number++) schema.push({name: `column_${number}`, type: 'STRING'});
  schema[columns - 1].pii = true;
  return {
    name: 'bench.judged', owner: 'retail-data-team', domain: 'retail-banking', retention: 120, schema,
    access: [{role: 'analysts', level: 'read'}], quality_checks: [{unique: 'column_1'}],
  };
}

function judge(rules, variables) {
  for (const rule of rules) if (rule(variables) !== true) throw new Error('the document should keep every rule');
}

const [engine, columns, seconds] = process.argv.slice(2);
const rules = await ENGINES[engine]();
const variables = {product: makeProduct(Number(columns))};
const batch = 256;
for (let i = 0; i < 2000; i++) judge(rules, variables); // until the compiler has seen it
let judged = 0;
let spent = 0;
const start = process.cpuUsage();
while (spent < Number(seconds)) {
  for (let i = 0; i < batch; i++) judge(rules, variables);
  judged += batch;
  const used = process.cpuUsage(start);
  spent = (used.user + used.system) / 1e6;
}
console.log((judged / spent).toFixed(1));
