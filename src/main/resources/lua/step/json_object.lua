-- jsonObject({name, value, name, value, ...}) -> JSON text. Strings are quoted, numbers written as integers, booleans
-- as such, and {json = text} is put in as it stands: so an empty array stays an array, which cjson cannot do.
--- @include integer
local function jsonValue(value)
  local kind = type(value)
  if kind == 'number' then return integer(value) end
  if kind == 'boolean' then return tostring(value) end
  if kind == 'table' then return value.json end
  -- cjson writes every slash as \/, which is valid but not what a reader of the stream expects
  return (string.gsub(cjson.encode(value), '\\/', '/'))
end

-- jsonStrings(list) -> {json = text}, an array of strings for jsonObject
local function jsonStrings(list)
  return {json = #list == 0 and '[]' or cjson.encode(list)}
end

local function jsonObject(members)
  local parts = {}
  for i = 1, #members, 2 do
    parts[#parts + 1] = jsonValue(members[i]) .. ':' .. jsonValue(members[i + 1])
  end
  return '{' .. table.concat(parts, ',') .. '}'
end
