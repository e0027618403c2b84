/*
 * index.js -- Backstage's catalog backend, fed with ENTITIES components by a provider of ours.
 *
 *     ENTITIES=1000 node index.js --config app-config.yaml
 *
 * Everything is Backstage's own; the components say what the products of the benchmarks say.
 */
'use strict';

const {createBackend} = require('@backstage/backend-defaults');
const {createBackendModule} = require('@backstage/backend-plugin-api');
const {catalogProcessingExtensionPoint} = require('@backstage/plugin-catalog-node');

const OWNERS = 40;
const LOCATION = 'url:https://bench.invalid/';

const description = number =>
	'What the load generator publishes: it is as long as what an engineer of a domain writes, with a few ' +
	'words on what the rows mean, where they come from, how often they are refreshed, and whom to ask when ' +
	'they are not what one expected. It goes on for a while, because a catalog is for reading. ' +
	`Number ${number}.`;

function component(number) {
	return {
		apiVersion: 'backstage.io/v1alpha1',
		kind: 'Component',
		metadata: {
			name: `product-${number}`,
			description: description(number),
			tags: ['bench', 'generated'],
			annotations: {
				'backstage.io/managed-by-location': LOCATION,
				'backstage.io/managed-by-origin-location': LOCATION,
			},
		},
		spec: {type: 'data-product', lifecycle: 'production', owner: `bench-team-${number % OWNERS}`},
	};
}

class Provider {
	getProviderName() {
		return 'bench';
	}

	async connect(connection) {
		const entities = [];
		for (let number = 1; number <= Number(process.env.ENTITIES); number++)
			entities.push({entity: component(number), locationKey: 'bench'});
		await connection.applyMutation({type: 'full', entities});
	}
}

const feeding = createBackendModule({
	pluginId: 'catalog',
	moduleId: 'bench',
	register(registry) {
		registry.registerInit({
			deps: {catalog: catalogProcessingExtensionPoint},
			async init({catalog}) {
				catalog.addEntityProvider(new Provider());
			},
		});
	},
});

const backend = createBackend();
backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(feeding);
backend.start();
