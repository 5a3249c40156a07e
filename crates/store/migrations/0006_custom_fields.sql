-- Who has custom field values. The version counts their changes: whoever changes values changes it first.
-- kind: distributed
create table custom_owner (
    part {{bigint}} not null,
    owner_key text not null,
    version {{bigint}} not null,
    kind text not null,
    primary key (part, owner_key)
) {{clustered}};

-- Custom field values. `group_index` is -1 in a set that is there once, `content` is the value as it is shown, and
-- `comparable` sorts as the values of the field do: numbers by size, days by date, texts by their first 200 characters.
-- kind: distributed
create table custom_value (
    part {{bigint}} not null,
    owner_key text not null,
    field_key text not null,
    group_index {{bigint}} not null,
    value_key text not null,
    content text not null,
    comparable text {{bytewise}} not null,
    primary key (part, owner_key, field_key, group_index),
    foreign key (part, owner_key) references custom_owner (part, owner_key)
) {{clustered}};

-- Owners whose value of a field is this one, or lies between two.
create index custom_value_by_content on custom_value (field_key, comparable);
