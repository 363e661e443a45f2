package io.platypus.store;

import io.platypus.intent.AppName;
import io.platypus.intent.ClusterName;
import io.platypus.intent.NodeName;

/** Where each document stands in the store: the original's layout, and ours beside it. */
public final class IntentKeys {
    /** The prefix above every cluster's documents. */
    public static final String CLUSTERS = "clusters/";

    /** The prefix above every cluster's request to be restarted. */
    public static final String RESTARTS = "restart/";

    /** The last part of a sentinel's key; no app can be named so. */
    public static final String SENTINEL = ".node";

    private IntentKeys() {}

    /** The prefix of a node's assignments, with its slash. */
    public static String node(NodeName node) {
        return "nodes/" + node + "/";
    }

    /** The sentinel that tells an idle node from one whose intent was lost. */
    public static String sentinel(NodeName node) {
        return node(node) + SENTINEL;
    }

    /** The assignment of an app to a node. */
    public static String assignment(NodeName node, AppName app) {
        return node(node) + app;
    }

    /** The prefix of a cluster's two documents, with its slash. */
    public static String cluster(AppName app, ClusterName cluster) {
        return CLUSTERS + app + "/" + cluster + "/";
    }

    /** The developers' document. */
    public static String config(AppName app, ClusterName cluster) {
        return cluster(app, cluster) + "config";
    }

    /** The operators' document. */
    public static String deployConfig(AppName app, ClusterName cluster) {
        return cluster(app, cluster) + "deploy_config";
    }

    /** Where an agent of a node says what it sees. */
    public static String reality(NodeName node, String agent) {
        return "reality/" + node + "/" + agent;
    }

    /** The prefix of the queue for the lease of a cluster: a key for each node in it. */
    public static String locks(AppName app, ClusterName cluster) {
        return "locks/" + app + "/" + cluster + "/";
    }

    /** An operator's request to restart every instance of a cluster. */
    public static String restart(AppName app, ClusterName cluster) {
        return RESTARTS + app + "/" + cluster;
    }
}
