-- Which parts the home page has below its top, in which order; and one part in the operator's own words, as Markdown.
alter table public.homepage_settings
    add column sections text[] not null default array['featured', 'steps', 'promise']
        check (sections <@ array['featured', 'steps', 'promise', 'note'] and cardinality(sections) <= 4),
    add column note_title text not null default '' check (length(note_title) <= 120),
    add column note_text text not null default '' check (length(note_text) <= 4000);
grant select (sections, note_title, note_text) on public.homepage_settings to anon;
