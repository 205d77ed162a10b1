--- @once
-- The functions of all steps are in one table: a function that refers to one table is made faster, and all are made anew in each
-- run, than one that refers to many locals.
local step = {}

-- What steps note for others while the script runs.
-- noted.dead: the instances whose deadline had passed when it began, once somebody has looked
-- noted.leader: {id or nil, newest term}, likewise, until it changes
-- noted.moved: whether tasks have changed their state
-- noted.touched: workers whose unclaimed tasks may have changed since indexUnclaimed (unclaimed_tasks.lua) last ran
local noted = {touched = {}}
