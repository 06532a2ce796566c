package dev.millrace.engine.scheduling;

/** What a crew could do that takes the same number of slots. */
final class Line extends Queue {
    final Crew crew;
    final int slots;

    Line(Crew crew, int slots) {
        this.crew = crew;
        this.slots = slots;
    }

    @Override
    void changed(int more) {
        if (first() == null) {
            crew.endReservation(this);
        }
        crew.waiting += more;
        crew.slotsChanged();
    }
}
