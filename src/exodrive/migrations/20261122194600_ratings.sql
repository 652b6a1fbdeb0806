-- What renters think of a car, read off an index alone: every card of a fleet tells it, however many reviews have gathered.
create index car_reviews_ratings on public.car_reviews (car_id) include (rating) where is_approved;
