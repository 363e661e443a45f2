package io.platypus.store.consul;

import io.platypus.store.IntentStore;
import io.platypus.store.IntentStoreContract;
import io.platypus.testing.ConsulAgent;

class ConsulIntentStoreIT extends IntentStoreContract {
    private final ConsulAgent agent = ConsulAgent.shared();

    @Override
    protected IntentStore emptyStore() {
        agent.clear();
        return anotherClient();
    }

    @Override
    protected IntentStore anotherClient() {
        return new ConsulIntentStore(ConsulSettings.of(agent.url()));
    }
}
