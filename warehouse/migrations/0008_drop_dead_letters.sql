-- Dead letters lie in Postgres, where people work on them: nothing was ever written to this table.

-- cluster only
DROP TABLE IF EXISTS dead_letters {{on_cluster}};

DROP TABLE IF EXISTS dead_letters{{local}} {{on_cluster}};
