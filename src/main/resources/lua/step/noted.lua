--- @once
-- The functions of all steps are in one table: a function that refers to one table is made faster, and all are made anew in each
-- run, than one that refers to many locals.
local step = {}

-- for what is done for every call of a run: looking it up anew takes as long as calling a function
local call = redis.call

-- What steps note for others while the script runs, and from one of its calls to the next.
-- noted.changed: whether the fleet has changed since settleFleet last ran, and noted.liveId: an instance that is alive then
-- noted.counts: how much is to be added to which of the global metrics
-- noted.dead: the instances whose deadline had passed when it began, once somebody has looked, and until they are cleared away
-- noted.leader, noted.term: who leads, nil for nobody, and the newest term; likewise, until they change. `noted.leader or
--   step.currentLeader()` is for what is done for every call
-- noted.deadWorkers: how many workers are dead and not cleared away, likewise
-- noted.mostLoaded: how many tasks the most loaded worker has, and noted.pending: 1 when tasks are pending, 0 when none are;
--   both once somebody has looked, until it changes
-- noted.health: the key of a health record that has been written, by its status
-- noted.lives: deadlines and ids of those that live on, not in the index of the active yet (live_on.lua)
-- noted.moved: whether tasks have changed their state
-- noted.newRecord: the key of a record of which all is new (register_instance.lua)
-- noted.newcomers: instances that are not in the indexes yet, and noted.strangers: which of those that register there was
--   nothing of (newcomers.lua)
-- noted.ranked: how many candidates have been given a rank, less one
-- noted.roles: what lists of roles in JSON mean (role_list.lua)
-- noted.settings, noted.size: how many arguments are the same for all calls, and how many follow for each
-- noted.sharedTypes: whether the keys that all calls share were found to be of their types
-- noted.tasksCounted: whether the metrics are known to hold the numbers of tasks
-- noted.touched: workers whose unclaimed tasks may have changed since indexUnclaimed (unclaimed_tasks.lua) last ran
-- noted.version: of the global state, once somebody has looked
local noted = {counts = {}, health = {}, lives = {}, roles = {}, touched = {}}

-- tasksMove(): tasks change their state, and what workers hold with it
function step.tasksMove()
  noted.moved = true
  noted.pending, noted.mostLoaded = nil, nil
end

-- count(name, more): so many more of the global metric of that name, one unless it says so, once aggregateGlobalMetrics runs
function step.count(name, more)
  noted.counts[name] = (noted.counts[name] or 0) + (more or 1)
end
